package dev.tenon.hub;

import java.nio.file.Path;

/** A download in a process of its own. */
final class DownloadMain {
  private DownloadMain() {}

  /** Downloads {@code args[2]} from the hub {@code args[0]} into the cache {@code args[1]}. */
  public static void main(String[] args) {
    Hub hub = Hub.builder().endpoint(args[0]).cache(HubCache.at(Path.of(args[1]))).build();
    System.out.println("begun");
    System.out.println(hub.download(args[2]));
  }

  /** Starts one. */
  static Process start(String endpoint, Path cache, String model) throws java.io.IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            DownloadMain.class.getName(),
            endpoint,
            cache.toString(),
            model)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
