from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from companies.models import Company
from deals.demo import people, store


class Command(BaseCommand):
    help = "Make the simulated market of the demonstration, with log-ins. A second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=2020, help="another seed draws another market (default 2020)")
        parser.add_argument("--today", type=date.fromisoformat, help="the day that the market reaches (default: today)")
        parser.add_argument("--password", default=people.PASSWORD, help="the password of all four log-ins")

    def handle(self, *, seed, today, password, **options):
        if not Company.objects.filter(source__code=store.DEMONSTRATION).exists():
            taken = User.objects.filter(email__in=people.ADDRESSES).values_list("email", flat=True)
            if taken:
                raise CommandError(f"{', '.join(taken)}: in use already. Remove the account first; nothing was made.")
        try:
            with transaction.atomic():
                market, made = store.make(seed, today or timezone.localdate())
                logins = people.create(made.companies[market.founder], made.investors[market.manager], password)
        except store.AlreadyThere:
            self.stdout.write("The demonstration market is there already; nothing changed. Its log-ins:")
            for email in people.ADDRESSES:
                self.stdout.write(f"  {email}")
            self.stdout.write(
                f"  password: the one they were made with ({people.PASSWORD} unless --password said another)"
            )
            return
        except ValueError as problem:
            raise CommandError(str(problem)) from None
        open_ = sum(item.status == "open" for item in market.raises)
        self.stdout.write(
            f"Simulated market, seed {seed}: {len(market.companies)} companies, {len(market.investors)} investors, "
            f"{len(market.deals)} deals, {len(market.listings)} listings, {open_} open raises, "
            f"{len(market.introductions)} introductions.\n\nLog in with:"
        )
        for login in logins:
            self.stdout.write(f"  {login.user.email:<28}{login.user.get_role_display():<16}{login.place}")
        self.stdout.write(f"  password: {password}")
