"""Static files under names that carry their hash, for ES modules too, compressed once at set-up."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites `import` between our modules to hashed names, so that no bundler is needed."""

    support_js_module_import_aggregation = True
