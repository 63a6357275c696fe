"""Makes the tables, those of the queue included, without starting anything."""

from app.composition import services_at_rest
from app.data_directory import own_data_directory
from app.settings.settings import Settings
from models.migrations.upgrade import HEAD


async def migrate_database(settings: Settings) -> str:
    """Bring the database to the newest schema, and return its number. Raises `Unavailable`, `SettingsError`."""
    with own_data_directory(settings):
        async with services_at_rest(settings):
            return HEAD
