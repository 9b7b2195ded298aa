"""The photos of one web process put together: the shelf, the table, the threads, and the handlers that work with them."""

from gateway.districts import Districts
from gateway.handlers import Handlers
from gateway.photos.records import Records
from gateway.photos.room import Threads
from gateway.photos.shelf import open_shelf
from gateway.photos.showing import Showing
from gateway.photos.taking import Taking
from gateway.views import Views
from services.issues.contract import MediaKind
from services.settings import Settings

DRAWING, FILES = 2, 8
MOST_DRAWINGS, MOST_FILES = 100, 400


class Photos:
    """Everything about photos that the web process holds."""

    def __init__(self, handlers: Handlers, districts: Districts, views: Views, chosen: Settings) -> None:
        shelf, records = open_shelf(chosen.photo_place), Records(views.reader)
        self._threads = Threads("drawing", DRAWING, MOST_DRAWINGS), Threads("files", FILES, MOST_FILES)
        limits = {MediaKind.PHOTO: chosen.photo_limit_bytes, MediaKind.VIDEO: chosen.video_limit_bytes}
        self.taking = Taking(handlers, records, shelf, *self._threads, limits)
        self.showing = Showing(handlers, districts, views, records, shelf, *self._threads)

    def close(self) -> None:
        """End what runs."""
        for threads in self._threads:
            threads.close()
