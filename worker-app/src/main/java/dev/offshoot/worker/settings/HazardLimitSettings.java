package dev.offshoot.worker.settings;

import dev.offshoot.policy.HazardLimits;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * From where on an effect is a hazard.
 *
 * @param manyRows updated rows below which no update is a large one
 * @param manyRowsShare share of a table's rows, 0 to 1, from which an update is a large one
 * @param largeTable size from which a lock on a table is a hazard
 * @param sequenceJump numbers by which a sequence may move forward if rows were inserted
 */
public record HazardLimitSettings(
    @DefaultValue("100") long manyRows,
    @DefaultValue("0.5") double manyRowsShare,
    @DefaultValue("1GB") DataSize largeTable,
    @DefaultValue("10000") long sequenceJump) {

  void check(String prefix, Problems problems) {
    problems.atLeast(prefix + ".many-rows", manyRows, 1);
    if (!(manyRowsShare >= 0 && manyRowsShare <= 1)) {
      problems.add(
          prefix + ".many-rows-share", "it is " + manyRowsShare, "Use a share from 0 to 1.");
    }
    problems.atLeast(prefix + ".large-table", largeTable.toBytes(), 1);
    problems.atLeast(prefix + ".sequence-jump", sequenceJump, 0);
  }

  HazardLimits limits() {
    return new HazardLimits(manyRows, manyRowsShare, largeTable.toBytes(), sequenceJump);
  }
}
