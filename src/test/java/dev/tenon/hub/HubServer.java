package dev.tenon.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tenon.hub.LoopbackServer.Handler;
import dev.tenon.hub.LoopbackServer.Request;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A small hub with one model, {@link #MODEL}, that answers as huggingface.co does, and wrongly
 * where it is told to. Large files are on another host, {@code localhost} to the hub's {@code
 * 127.0.0.1}.
 */
public final class HubServer implements AutoCloseable {
  static final String MODEL = "org/name";

  /** A file of the model. */
  record Stored(byte[] bytes, boolean large) {
    String hash() {
      try {
        MessageDigest digest = MessageDigest.getInstance(large ? "SHA-256" : "SHA-1");
        if (!large) {
          digest.update(("blob " + bytes.length + '\0').getBytes(US_ASCII));
        }
        return HexFormat.of().formatHex(digest.digest(bytes));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }

  private record Fault(Predicate<Request> on, Handler handler) {}

  private final Map<String, Stored> files = new TreeMap<>();
  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final LoopbackServer server;
  private volatile String commit = "1".repeat(40);
  private final AtomicInteger sent = new AtomicInteger();
  private volatile long pauseNanos;

  HubServer() throws IOException {
    server = new LoopbackServer(this::answer);
  }

  public String endpoint() {
    return "http://127.0.0.1:" + server.port();
  }

  String elsewhere() {
    return "http://localhost:" + server.port();
  }

  String commit() {
    return commit;
  }

  /** Makes the main branch another commit. */
  void commit(String commit) {
    this.commit = commit;
  }

  /** Sends 64 kB at a time with a pause after each. */
  void slow(long pauseNanos) {
    this.pauseNanos = pauseNanos;
  }

  /** How many times 64 kB have been sent. */
  int sent() {
    return sent.get();
  }

  /** Adds a file, in large-file storage or in git. */
  public HubServer file(String name, byte[] bytes, boolean large) {
    files.put(name, new Stored(bytes, large));
    return this;
  }

  HubServer json(String name, String text) {
    return file(name, text.getBytes(UTF_8), false);
  }

  void remove(String name) {
    files.remove(name);
  }

  Stored file(String name) {
    return files.get(name);
  }

  Map<String, Stored> files() {
    return files;
  }

  /** Answers the next requests of a method whose address ends so in another way. */
  HubServer fault(int times, String method, String end, Handler handler) {
    for (int i = 0; i < times; i++) {
      faults.add(new Fault(it -> it.method().equals(method) && it.target().endsWith(end), handler));
    }
    return this;
  }

  /** What was asked for, as {@code METHOD target}. */
  List<String> asked() {
    return requests.stream().map(it -> it.method() + " " + it.target()).toList();
  }

  public List<Request> requests() {
    return requests;
  }

  /** Where a large file's bytes are, as the end of an address. */
  String bytesOf(String name) {
    return "/bytes/" + files.get(name).hash();
  }

  private void answer(Request request, OutputStream out) throws IOException, InterruptedException {
    requests.add(request);
    for (Fault fault : faults) {
      if (fault.on.test(request) && faults.remove(fault)) {
        fault.handler.answer(request, out);
        return;
      }
    }
    // A proxy is asked for the whole address.
    String path = request.target().replaceFirst("^http://[^/]+", "").replaceFirst("\\?.*", "");
    String target = URLDecoder.decode(path, UTF_8);
    if (target.startsWith("/bytes/")) {
      bytes(request, out, target.substring("/bytes/".length()));
    } else if (target.startsWith("/api/models/" + MODEL + "/revision/")) {
      String siblings =
          files.keySet().stream()
              .map("{\"rfilename\": \"%s\"}"::formatted)
              .collect(Collectors.joining(", "));
      body(
          out,
          "{\"id\": \"%s\", \"sha\": \"%s\", \"siblings\": [%s]}"
              .formatted(MODEL, commit, siblings));
    } else if (target.startsWith("/api/models/" + MODEL + "/tree/")) {
      body(out, tree());
    } else if (target.startsWith("/" + MODEL + "/resolve/")) {
      resolve(request, out, target.substring(MODEL.length() + "/resolve/".length() + 1));
    } else {
      LoopbackServer.head(out, 404, "X-Error-Code: RepoNotFound", "Content-Length: 0");
    }
  }

  private void resolve(Request request, OutputStream out, String path)
      throws IOException, InterruptedException {
    int slash = path.indexOf('/');
    String revision = path.substring(0, slash);
    Stored stored = files.get(path.substring(slash + 1));
    if (!revision.equals("main") && !revision.equals(commit)) {
      LoopbackServer.head(out, 404, "X-Error-Code: RevisionNotFound", "Content-Length: 0");
    } else if (stored == null) {
      LoopbackServer.head(
          out, 404, "X-Error-Code: EntryNotFound", "X-Repo-Commit: " + commit, "Content-Length: 0");
    } else if (stored.large) {
      LoopbackServer.head(
          out,
          302,
          "X-Repo-Commit: " + commit,
          "X-Linked-Etag: \"" + stored.hash() + "\"",
          "X-Linked-Size: " + stored.bytes.length,
          "Location: " + elsewhere() + "/bytes/" + stored.hash(),
          "Content-Length: 0");
    } else {
      send(request, out, stored, "X-Repo-Commit: " + commit, "ETag: \"" + stored.hash() + "\"");
    }
  }

  private void bytes(Request request, OutputStream out, String hash)
      throws IOException, InterruptedException {
    Stored stored =
        files.values().stream().filter(it -> it.hash().equals(hash)).findFirst().orElseThrow();
    send(request, out, stored, "ETag: \"another server's\"");
  }

  /** Sends a file, or the part that is asked for. */
  private void send(Request request, OutputStream out, Stored stored, String... more)
      throws IOException, InterruptedException {
    int size = stored.bytes.length;
    String range = request.header("Range");
    int from = range.isEmpty() ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    List<String> headers = new ArrayList<>(List.of(more));
    if (from >= size && from > 0) {
      headers.add("Content-Range: bytes */" + size);
      headers.add("Content-Length: 0");
      LoopbackServer.head(out, 416, headers.toArray(String[]::new));
      return;
    }
    headers.add("Content-Length: " + (size - from));
    if (!range.isEmpty()) {
      headers.add("Content-Range: bytes %d-%d/%d".formatted(from, size - 1, size));
    }
    LoopbackServer.head(out, range.isEmpty() ? 200 : 206, headers.toArray(String[]::new));
    if (request.method().equals("GET")) {
      body(out, stored.bytes, from, size);
    }
  }

  /** Sends a range of bytes, slowly if it is to. */
  void body(OutputStream out, byte[] bytes, int from, int to)
      throws IOException, InterruptedException {
    for (int at = from; at < to; at += 1 << 16) {
      out.write(bytes, at, Math.min(1 << 16, to - at));
      sent.incrementAndGet();
      if (pauseNanos > 0) {
        Thread.sleep(pauseNanos / 1_000_000, (int) (pauseNanos % 1_000_000));
      }
    }
    out.flush();
  }

  private static void body(OutputStream out, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    LoopbackServer.head(
        out, 200, "Content-Type: application/json", "Content-Length: " + bytes.length);
    out.write(bytes);
    out.flush();
  }

  private String tree() {
    return files.entrySet().stream()
        .map(
            it -> {
              Stored stored = it.getValue();
              String large =
                  ", \"lfs\": {\"oid\": \"%s\", \"size\": %d, \"pointerSize\": 134}"
                      .formatted(stored.hash(), stored.bytes.length);
              return "{\"type\": \"file\", \"oid\": \"%s\", \"size\": %d, \"path\": \"%s\"%s}"
                  .formatted(
                      new Stored(stored.bytes, false).hash(),
                      stored.bytes.length,
                      it.getKey(),
                      stored.large ? large : "");
            })
        .collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
