package dev.offshoot.policy;

/**
 * From where on an effect is a hazard on one parent.
 *
 * @param manyRows changed rows below which no update is a large one
 * @param manyRowsShare share of a table's rows, 0 to 1, from which an update is a large one
 * @param largeTableBytes size on disk from which a lock on a table is a hazard
 * @param sequenceJump numbers by which a sequence may move forward if rows were inserted
 */
public record HazardLimits(
    long manyRows, double manyRowsShare, long largeTableBytes, long sequenceJump) {

  /** Half of a table from a hundred rows on, a gigabyte, ten thousand numbers. */
  public static final HazardLimits DEFAULT = new HazardLimits(100, 0.5, 1L << 30, 10_000);
}
