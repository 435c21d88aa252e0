// A device that gave no passkey is said on the page, in the reader's language.
const passkeyError = document.querySelector("[data-passkey-error]");
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  passkeyError.hidden = false;
});
// A new try wipes away what the last one said.
for (const button of document.querySelectorAll("[data-passkey]")) {
  button.addEventListener("click", () => { passkeyError.hidden = true; });
  // Neither without a script nor in a browser that knows no passkeys.
  if (window.PublicKeyCredential) button.hidden = false;
}
