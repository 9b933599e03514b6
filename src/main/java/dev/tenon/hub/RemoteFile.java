package dev.tenon.hub;

/**
 * A file as the hub describes it.
 *
 * @param name its path in the repository, with {@code /}
 * @param size in bytes
 * @param hash of its bytes
 */
record RemoteFile(String name, long size, ContentHash hash) {}
