from django.core.management.base import BaseCommand

from accounts import second_factor


class Command(BaseCommand):
    help = "Encrypt the secrets of second factors under the present SECRET_KEY; then drop SECRET_KEY_FALLBACKS."

    def handle(self, *args, **options):
        self.stdout.write(f"{second_factor.reseal_all()} secrets are sealed under the present key.")
