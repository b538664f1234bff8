package dev.offshoot.branch;

import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The end of a lease as roles and databases carry it. */
final class Leases {
  private Leases() {}

  /** Moves it; does nothing if the branch is gone, as it is while a frozen change set waits. */
  static void extend(Connection maintenance, BranchRef ref, Instant deadline) throws SQLException {
    Optional<Marker> role = Roles.markerOf(maintenance, ref.branchName());
    if (role.isEmpty()) {
      return;
    }
    Roles.extend(maintenance, ref, role.get().until(deadline));
    for (String database : List.of(ref.branchName(), ref.baseName())) {
      Optional<Marker> marker = DatabaseCopy.markerOf(maintenance, database);
      if (marker.isPresent()) {
        Sql.execute(
            maintenance, Comments.onDatabase(maintenance, database, marker.get().until(deadline)));
      }
    }
  }
}
