package dev.offshoot.cli;

import dev.offshoot.domain.TableChanges;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of a table's changed rows are wanted. */
final class DiffPaging {
  private static final int DEFAULT_LIMIT = 100;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "with --table: at most so many rows (with --page, rows of a page; default 100)")
  @Nullable Long limit;

  @Option(names = "--page", paramLabel = "N", description = "with --table: the Nth page, from 1")
  @Nullable Long page;

  @Option(
      names = "--after",
      paramLabel = "N",
      description = "with --table: what comes after the first N rows")
  @Nullable Long after;

  void require(boolean oneTable) {
    if (!oneTable && (limit != null || page != null || after != null)) {
      throw usage("--limit, --page and --after go with --table, and not with --sql or --stat");
    }
    if (page != null && after != null) {
      throw usage("--page and --after are two ways to say where to begin; give one");
    }
    if (limit != null && limit < 1) {
      throw usage("--limit: must be 1 or more");
    }
    if (page != null && page < 1) {
      throw usage("--page: must be 1 or more");
    }
    if (after != null && after < 0) {
      throw usage("--after: must be 0 or more");
    }
  }

  private static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message, null);
  }

  boolean isLimited() {
    return limit != null || page != null || after != null;
  }

  long from() {
    if (after != null) {
      return after;
    }
    return page == null ? 0 : saturated(page - 1, size());
  }

  /** One JSON document is a page; a stream and a table are everything unless limited. */
  long most(Output.Format format) {
    boolean bounded = limit != null || page != null || format == Output.Format.JSON;
    return bounded ? size() : Long.MAX_VALUE;
  }

  private long size() {
    return limit == null ? DEFAULT_LIMIT : limit;
  }

  private static long saturated(long pages, long size) {
    return pages > Long.MAX_VALUE / size ? Long.MAX_VALUE : pages * size;
  }

  /** Where in the table we are, and how to go on. */
  String where(long shown, @Nullable Long next, TableChanges table) {
    if (shown == 0) {
      return "no rows there; the table has " + Numbers.of(table.total(), "changed row");
    }
    String here =
        "rows %s to %s".formatted(Numbers.grouped(from() + 1), Numbers.grouped(from() + shown));
    // A line may stand for several equal rows where a table has no key, so the total says nothing.
    String of = table.keyColumns().isEmpty() ? "" : " of " + Numbers.grouped(table.total());
    if (next == null) {
      return here + of + "; these are the last";
    }
    return here + of + "; next: " + (page == null ? "--after " + next : "--page " + (page + 1));
  }
}
