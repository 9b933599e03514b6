package dev.tenon.hub.cache;

/**
 * A file as the hub describes it.
 *
 * @param name its path in the repository, with {@code /}
 * @param size in bytes
 * @param hash of its bytes
 */
public record RemoteFile(String name, long size, ContentHash hash) {}
