package dev.tenon.report;

import dev.tenon.LoadReport;
import dev.tenon.TenonException;
import dev.tenon.file.NewFile;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A report as one HTML file that works offline: warnings, a timeline, what became of each slot, and
 * bytes by module.
 *
 * <pre>{@code
 * ReportPage.write(model.report(), Path.of("load.html"));
 * }</pre>
 *
 * <p>To notice a file that cannot be written before a long load, create the page first and {@link
 * #write(LoadReport) write} it afterwards. The file appears when it is whole: the page is written
 * beside it and then takes its name, and its place if there was one. For one thread.
 */
public final class ReportPage implements AutoCloseable {
  private final Path path;
  private final NewFile file;

  private ReportPage(Path path, NewFile file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Writes a report as a page.
   *
   * @param report of a load or of a plan
   * @param file where to
   * @throws TenonException if the file cannot be written
   */
  public static void write(LoadReport report, Path file) {
    try (ReportPage page = create(file)) {
      page.write(report);
    }
  }

  /**
   * Begins a page. Nothing has its name until it is written.
   *
   * @param file where to
   * @return the page, which the caller closes
   * @throws TenonException if no file can be made there
   */
  public static ReportPage create(Path file) {
    try {
      return new ReportPage(file, NewFile.create(file));
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Writes the page, streaming, and gives it its name.
   *
   * @throws TenonException if the file cannot be written
   */
  public void write(LoadReport report) {
    Template template = Template.read();
    try {
      file.write(
          stream -> {
            Writer out = new OutputStreamWriter(stream, StandardCharsets.UTF_8);
            out.write(template.beforeData());
            PageData.write(report, out);
            out.write(template.afterData());
            out.flush();
          });
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  /** Deletes what is unfinished. */
  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed(path, e);
    }
  }

  private static TenonException failed(Path file, IOException e) {
    return new TenonException("The report cannot be written: file=" + file + ", reason=" + e, e);
  }
}
