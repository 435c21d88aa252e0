import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# What is loaded by now, half a million objects, stays as long as the process does: to walk through it takes a fifth of a
# second in the middle of some reader's request, and a page of kept figures makes some ten thousand objects at once.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
