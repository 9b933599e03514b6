package dev.tenon.hub.http;

import dev.tenon.TenonException;
import dev.tenon.hub.cache.PartialBlob;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes one response's bytes into a blob, if they are the blob's: what else a server sends is cut
 * off unread.
 */
final class BlobBody implements HttpResponse.BodyHandler<Void>, BodySubscriber<Void> {
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-\\d{1,18}/(\\d{1,18})");

  private final PartialBlob blob;
  private final Tally tally;
  private final Pace pace;
  private final CompletableFuture<Void> result = new CompletableFuture<>();
  private @Nullable Subscription subscription;
  private boolean stopped;

  BlobBody(PartialBlob blob, Tally tally, Pace pace) {
    this.blob = blob;
    this.tally = tally;
    this.pace = pace;
  }

  /** Takes nothing more: when this returns, nobody writes to the blob. */
  synchronized void stop() {
    stopped = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public synchronized BodySubscriber<Void> apply(HttpResponse.ResponseInfo info) {
    if (stopped) {
      return new NoBody();
    }
    pace.begun();
    String encoding = info.headers().firstValue("Content-Encoding").orElse("identity");
    if (info.statusCode() < 300 && !encoding.equals("identity")) {
      throw bad("The hub sends encoded bytes, which was not asked for", "encoding", encoding);
    } else if (info.statusCode() == OK) {
      long size = info.headers().firstValueAsLong("Content-Length").orElse(blob.file().size());
      requireSize(size);
      requireStart(0);
    } else if (info.statusCode() == PARTIAL) {
      String range = info.headers().firstValue("Content-Range").orElse("");
      Matcher matcher = RANGE.matcher(range);
      if (!matcher.matches()) {
        throw bad("The hub sends a part of a file and does not say which", "range", range);
      }
      requireSize(Long.parseLong(matcher.group(2)));
      requireStart(Long.parseLong(matcher.group(1)));
    } else {
      return new NoBody();
    }
    return this;
  }

  private void requireSize(long size) {
    if (size != blob.file().size()) {
      throw bad("The hub sends a file of another size than it said", "actual", size);
    }
  }

  /** A server that knows no ranges begins anew, and so does the blob. */
  private void requireStart(long start) {
    long length = blob.length();
    if (start == 0 && length > 0) {
      try {
        blob.restart();
        tally.add(-length);
      } catch (IOException e) {
        throw unwritable(e);
      }
    } else if (start != length) {
      throw bad("The hub sends another part of a file than was asked for", "start", start);
    }
  }

  @Override
  public synchronized void onSubscribe(Subscription given) {
    subscription = given;
    if (stopped) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> buffers) {
    if (stopped || subscription == null) {
      return;
    }
    try {
      for (ByteBuffer buffer : buffers) {
        pace.came(buffer.remaining());
        append(buffer);
      }
      subscription.request(1);
    } catch (IOException e) {
      fail(unwritable(e));
    } catch (TenonException e) {
      fail(e);
    }
  }

  private void append(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    if (count > blob.file().size() - blob.length()) {
      throw bad("The hub sends more bytes than a file has", "actual", "more");
    }
    blob.append(bytes);
    tally.add(count);
  }

  private void fail(TenonException failure) {
    stop();
    result.completeExceptionally(failure);
  }

  private TenonException bad(String sentence, String key, Object value) {
    return new TenonException(
        "%s: file=%s, expected=%d, %s=%s"
            .formatted(
                sentence,
                blob.file().name(),
                blob.file().size(),
                key,
                Facts.quote(value.toString())));
  }

  private TenonException unwritable(IOException e) {
    return new TenonException(
        "The cache cannot be written: file=%s, reason=%s".formatted(blob.path(), Facts.reason(e)),
        e);
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    result.complete(null);
  }

  @Override
  public CompletionStage<Void> getBody() {
    return result;
  }
}
