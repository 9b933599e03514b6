package dev.tenon.engine.start;

import java.io.PrintStream;

/**
 * Keeps JavaCPP from warning that OpenBLAS is of another release of JavaCPP than libtorch is, where
 * it is the one this build is tested with: the one libtorch asks for was never published, and
 * libtorch uses OpenBLAS's library alone, which knows nothing of JavaCPP. Of any other pair it
 * warns.
 *
 * <p>It warns once, on {@code System.err}, when OpenBLAS's description is initialised, and can be
 * told not to only by telling all threads not to load any library. So that class is initialised
 * here, while {@code System.err} leaves out that one line of this one thread.
 */
final class TestedBlas extends PrintStream {
  private static final String DESCRIPTION = "org.bytedeco.openblas.presets.openblas_nolapack";
  private static final String WARNING =
      "Warning: Versions of org.bytedeco:javacpp:1.5.14"
          + " and org.bytedeco:openblas:0.3.31-1.5.13 do not match.";

  private final PrintStream all;
  private final Thread thread = Thread.currentThread();

  private TestedBlas(PrintStream all) {
    super(all, true);
    this.all = all;
  }

  /** Initialises OpenBLAS's description, unless somebody has. */
  static void initialize(ClassLoader jars) {
    PrintStream all = System.err;
    PrintStream one = new TestedBlas(all);
    System.setErr(one);
    try {
      Class.forName(DESCRIPTION, true, jars);
    } catch (ClassNotFoundException | LinkageError e) {
      return; // Whoever needs it is told by JavaCPP.
    } finally {
      if (System.err == one) { // Else somebody has set another meanwhile.
        System.setErr(all);
      }
    }
  }

  @Override
  public void println(String line) {
    if (Thread.currentThread() != thread || !WARNING.equals(line)) {
      all.println(line);
    }
  }
}
