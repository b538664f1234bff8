package dev.offshoot.ledger;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Lines on their way into one stored chunk. For one thread. */
final class RowChunk {
  /** Of lines, before compression; a single longer row makes a longer chunk. */
  private static final int FULL_BYTES = 256 << 10;

  private final ByteArrayOutputStream lines = new ByteArrayOutputStream(FULL_BYTES);
  private final long firstRow;
  private long rows;

  RowChunk(long firstRow) {
    this.firstRow = firstRow;
  }

  void add(byte[] line) {
    lines.writeBytes(line);
    rows++;
  }

  long firstRow() {
    return firstRow;
  }

  /** Number of the row after the last. */
  long nextRow() {
    return firstRow + rows;
  }

  boolean isEmpty() {
    return rows == 0;
  }

  boolean isFull() {
    return lines.size() >= FULL_BYTES;
  }

  byte[] compressed() {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(FULL_BYTES / 4);
    try (OutputStream gzip = new FastGzip(compressed)) {
      lines.writeTo(gzip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }

  static byte[] decompressed(byte[] compressed) {
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
      return gzip.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out, 8192);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
