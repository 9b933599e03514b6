package dev.tenon.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URL;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.ClassProperties;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.presets.torch;
import org.junit.jupiter.api.Test;

class LibrarySearchTest {
  private static final ClassLoader JARS = LibrarySearchTest.class.getClassLoader();
  private static final String PLATFORM = Loader.getPlatform();

  /** What it says is what JavaCPP finds, or does not find, in the jars when it searches itself. */
  @Test
  void javaCppWouldFindTheSame() throws IOException {
    assumeTrue(PLATFORM.startsWith("linux-"), "libraries are spelled in other ways here");
    assumeFalse(TorchBuilds.has(JARS, PLATFORM + "-gpu"), "this class path holds a CUDA build");
    Map<String, URL[]> known = known(true);
    Set<String> seen = new HashSet<>();
    for (Class<?> binding : List.of(openblas_nolapack.class, openblas.class, torch.class)) {
      ClassProperties wanted = Loader.loadProperties(binding, Loader.loadProperties(), true);
      Set<String> names = new LinkedHashSet<>(wanted.get("platform.preload"));
      names.addAll(wanted.get("platform.link"));
      names.addAll(wanted.get("platform.library"));
      names.removeIf(name -> !seen.add(name)); // The first binding to look decides.
      for (String name : names) {
        URL[] inJars =
            Stream.of(Loader.findLibrary(binding, wanted, name))
                .filter(url -> url.getProtocol().equals("jar"))
                .toArray(URL[]::new);
        assertThat(known.get(name)).as(name).isEqualTo(inJars);
      }
    }
    assertThat(known.get("cudart@.13")).isEmpty();
    assertThat(known.get("jnitorch")).hasSize(1);
  }

  @Test
  void javaCppIsToldWhatIsKnown() throws ReflectiveOperationException, IOException {
    assumeTrue(PLATFORM.startsWith("linux-"), "libraries are spelled in other ways here");
    assumeFalse(TorchBuilds.has(JARS, PLATFORM + "-gpu"), "this class path holds a CUDA build");
    Map<String, URL[]> known = known(true);
    Map<String, URL[]> found = LibrarySearch.found();
    found.keySet().removeAll(known.keySet());
    assertThat(LibrarySearch.spare(known)).isTrue();
    known.forEach((name, urls) -> assertThat(found.get(name)).as(name).isEqualTo(urls));
  }

  /** libtorch has a copy of OpenBLAS still, and nothing calls the other from Java. */
  @Test
  void whoDoesNotCallBlasGetsNoBindingOfIt() throws IOException {
    assumeTrue(PLATFORM.startsWith("linux-"), "libraries are spelled in other ways here");
    assumeFalse(TorchBuilds.has(JARS, PLATFORM + "-gpu"), "this class path holds a CUDA build");
    Map<String, URL[]> known = known(false);
    assertThat(known.get("openblas@.0")).hasSize(1);
    assertThat(known.get("jnitorch")).hasSize(1);
    assertThat(known.get("jniopenblas")).isEmpty();
    assertThat(known.get("jniopenblas_nolapack")).isEmpty();
    assertThat(known.get("openblas_nolapack@.0")).isEmpty();
  }

  private static Map<String, URL[]> known(boolean callsBlas) throws IOException {
    return LibrarySearch.inJars(LibrarySearch.wanted(Natives.of(JARS, PLATFORM), callsBlas));
  }
}
