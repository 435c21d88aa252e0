from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed; a file that nobody collected is served under its plain name."""

    manifest_strict = False
