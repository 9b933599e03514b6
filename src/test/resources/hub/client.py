"""What huggingface_hub makes of a cache: client.py find|fetch CACHE REVISION [FILE ...]."""

import sys
import warnings

warnings.simplefilter("error")

import huggingface_hub
from huggingface_hub import scan_cache_dir, snapshot_download, try_to_load_from_cache

REPO = "org/name"


def find(cache, revision, files):
    """Looks without a network: the snapshot, each file, what is known not to exist."""
    snapshot = snapshot_download(REPO, revision=revision, cache_dir=cache, local_files_only=True)
    for name in files:
        path = try_to_load_from_cache(REPO, name, cache_dir=cache, revision=revision)
        assert path == f"{snapshot}/{name}", (name, path)
    absent = try_to_load_from_cache(REPO, "skeleton.json", cache_dir=cache, revision=revision)
    assert absent is huggingface_hub._CACHED_NO_EXIST, absent
    scan(cache)
    print(snapshot)


def fetch(cache, revision, files):
    """Downloads, from HF_ENDPOINT."""
    print("begun", flush=True)
    print(snapshot_download(REPO, revision=revision, cache_dir=cache, max_workers=4))
    scan(cache)


def scan(cache):
    info = scan_cache_dir(cache)
    assert not info.warnings, info.warnings
    assert not info.incomplete_files, info.incomplete_files
    assert [repo.repo_id for repo in info.repos] == [REPO], info.repos


{"find": find, "fetch": fetch}[sys.argv[1]](sys.argv[2], sys.argv[3], sys.argv[4:])
