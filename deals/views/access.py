"""Who reads statistics: everyone logged in, and everybody else once an administrator has opened the public part."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login

from deals.models import PublicStatistics


def statistics_reader(view):
    """Let through whoever may read the public part; all others log in first."""

    @wraps(view)
    def checked(request, *args, **kwargs):
        if request.user.is_authenticated or PublicStatistics.are_on():
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path())

    return checked
