package dev.tenon.hub.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/** Takes a response's bytes into memory, if they are an answer and not too many. */
final class BytesBody implements HttpResponse.BodyHandler<byte[]>, BodySubscriber<byte[]> {
  private static final int OK = 200;
  private static final byte[] NONE = {};

  private final int most;
  private final Pace pace;
  private final CompletableFuture<byte[]> result = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean wanted;
  private @Nullable Subscription subscription;

  /**
   * No bytes yet.
   *
   * @param most of them; of an answer that has more, there are none
   */
  BytesBody(int most, Pace pace) {
    this.most = most;
    this.pace = pace;
  }

  @Override
  public synchronized BodySubscriber<byte[]> apply(HttpResponse.ResponseInfo info) {
    pace.begun();
    wanted = info.statusCode() == OK;
    return this;
  }

  @Override
  public synchronized void onSubscribe(Subscription given) {
    subscription = given;
    if (wanted) {
      given.request(1);
    } else {
      given.cancel();
      result.complete(NONE);
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> buffers) {
    if (result.isDone() || subscription == null) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      pace.came(buffer.remaining());
      byte[] piece = new byte[buffer.remaining()];
      buffer.get(piece);
      bytes.writeBytes(piece);
    }
    if (bytes.size() > most) {
      subscription.cancel();
      result.complete(NONE);
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    result.completeExceptionally(failure);
  }

  @Override
  public synchronized void onComplete() {
    result.complete(bytes.toByteArray());
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return result;
  }
}
