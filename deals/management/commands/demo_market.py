from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from companies.models import Company
from deals.demo import people, store


class Command(BaseCommand):
    help = "Make the simulated market of the demonstration, with log-ins. A second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=2020, help="another seed draws another market (default 2020)")
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the day up to which the market reaches (default: today)"
        )
        parser.add_argument("--password", default=people.PASSWORD, help="the password of all four log-ins")

    def handle(self, *, seed, today, password, **options):
        try:
            with transaction.atomic():
                market, made = store.make(seed, today or timezone.localdate())
                logins = people.create(made.companies[market.founder], made.investors[market.manager], password)
        except store.AlreadyThere:
            number = Company.objects.filter(source__code=store.DEMONSTRATION).count()
            self.stdout.write(
                f"The demonstration market is there already ({number} invented companies); nothing changed."
            )
            self._logins([(email, "") for email in people.ADDRESSES], None)
            return
        except ValueError as problem:
            raise CommandError(str(problem)) from None
        except IntegrityError as problem:
            raise CommandError(f"An address of the log-ins is in use already; nothing was made ({problem}).") from None
        self.stdout.write(
            f"Simulated market, seed {seed}: {len(market.companies)} companies, {len(market.investors)} investors, "
            f"{len(market.deals)} deals, {len(market.listings)} listings, {len(market.raises)} open raises, "
            f"{len(market.introductions)} introductions."
        )
        self._logins([(login.user.email, login.place) for login in logins], password)

    def _logins(self, rows, password):
        self.stdout.write("\nLog in with:" if password else "\nThe log-ins are:")
        for email, place in rows:
            self.stdout.write(f"  {email:<30}{place}")
        if password:
            self.stdout.write(f"  password: {password}")
