package dev.offshoot.diff;

import dev.offshoot.sql.CatalogFingerprint;
import dev.offshoot.sql.ObjectIdentities;
import dev.offshoot.sql.Sql;
import dev.offshoot.sql.TableCatalog;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What the catalogs of one database say, as far as a comparison asks.
 *
 * @param largeObjects how many there are, and which
 */
record Catalogs(
    LargeObjects largeObjects,
    CatalogFingerprint fingerprint,
    TableCatalog tables,
    ObjectIdentities identities) {

  /** Of a base and its branch. */
  record Both(Catalogs base, Catalogs branch) {

    /** Large objects belong to no table and are in no image. */
    void requireSameLargeObjects() {
      if (!base.largeObjects.equals(branch.largeObjects)) {
        throw NotCarried.because(
            "the experiment created or removed large objects, which a merge cannot carry; keep the data in a bytea column");
      }
    }
  }

  private record LargeObjects(String count, String sum, String mix) {
    private static final String ALL =
        """
        SELECT count(*) AS count, coalesce(sum(oid::bigint), 0) AS sum,
          coalesce(bit_xor(hashint8(oid::bigint)), 0) AS mix
        FROM pg_largeobject_metadata
        """;

    static LargeObjects read(Connection session) throws SQLException {
      return Sql.only(
          session,
          ALL,
          row ->
              new LargeObjects(row.getString("count"), row.getString("sum"), row.getString("mix")));
    }
  }

  /**
   * Reads both at once: in a session that has just begun, planning such questions costs the server
   * more than answering them.
   */
  static Both read(Connection base, Connection branch) throws SQLException {
    FutureTask<Catalogs> ofBranch = new FutureTask<>(() -> read(branch));
    Thread beside = new Thread(ofBranch, "offshoot-catalogs");
    beside.setDaemon(true);
    beside.start();
    Catalogs ofBase;
    try {
      ofBase = read(base);
    } catch (SQLException | RuntimeException e) {
      // Nobody closes the branch's session while it is used.
      join(ofBranch, e);
      throw e;
    }
    return new Both(ofBase, result(ofBranch));
  }

  private static Catalogs read(Connection session) throws SQLException {
    return new Catalogs(
        LargeObjects.read(session),
        CatalogFingerprint.read(session),
        TableCatalog.read(session),
        ObjectIdentities.read(session));
  }

  private static void join(FutureTask<Catalogs> reading, Exception cause) {
    try {
      var unused = result(reading);
    } catch (SQLException | RuntimeException e) {
      cause.addSuppressed(e);
    }
  }

  private static Catalogs result(FutureTask<Catalogs> reading) throws SQLException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return reading.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof SQLException cause) {
            throw cause;
          }
          if (e.getCause() instanceof RuntimeException cause) {
            throw cause;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
