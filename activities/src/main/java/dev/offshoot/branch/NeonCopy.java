package dev.offshoot.branch;

import dev.offshoot.branch.DatabaseCopy.Grant;
import dev.offshoot.changelog.KeyCapture;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SequenceBlock;
import dev.offshoot.sql.SequenceBlocks;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.Sql;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Makes a base or a branch of a fresh copy of the parent that is alone on its server: its two
 * roles, who may be in it, what its sequences begin with, and everything in it handed over. What is
 * unfinished has no marker and is deleted with its server.
 */
final class NeonCopy {
  private final NeonSessions.Owner owner;
  private final String database;
  private final BranchRef ref;

  NeonCopy(NeonSessions.Owner owner, String database, BranchRef ref) {
    this.owner = owner;
    this.database = database;
    this.ref = ref;
  }

  /** Makes it the base. */
  void asBase(Marker finished, List<SequenceBlock> blocks, ParentFacts facts, Progress progress)
      throws SQLException {
    make(
        finished,
        List.of(
            new Grant(BranchMaker.EVERYTHING, ref.baseName()),
            new Grant("CREATE", ref.branchName())),
        blocks,
        facts,
        progress);
    finish(finished);
  }

  /** Makes it the branch, in which written keys are noted. */
  void asBranch(Marker finished, List<SequenceBlock> blocks, ParentFacts facts, Progress progress)
      throws SQLException {
    make(
        finished,
        List.of(new Grant(BranchMaker.EVERYTHING, ref.branchName())),
        blocks,
        facts,
        progress);
    try (Connection reader =
        new Logins(owner.at()).asReader(owner.session(), ref, database, Place.branch(ref))) {
      KeyCapture.install(reader, owner.at().name(), progress);
    }
    finish(finished);
  }

  private void make(
      Marker marker,
      List<Grant> grants,
      List<SequenceBlock> blocks,
      ParentFacts facts,
      Progress progress)
      throws SQLException {
    Connection session = owner.session();
    new Roles(owner.at()).make(session, ref, marker, facts.grantsHaveOptions());
    DatabaseCopy.letIn(session, database, grants);
    DatabaseSettings.read(session, database, owner.at().username()).apply(session, database);
    try (Connection inside =
        SessionSettings.open(
            owner.at().url(), owner.at().username(), owner.at().password(), database)) {
      SensitiveNames.require(owner.at(), inside);
      SequenceBlocks.begin(inside, blocks);
    }
    try (Connection inside =
        SessionSettings.open(
            owner.at().url(), owner.at().username(), owner.at().password(), database)) {
      new OwnershipTransfer(owner.at()).run(inside, ref.branchName(), ref.baseName(), progress);
    }
  }

  private void finish(Marker finished) throws SQLException {
    Sql.execute(owner.session(), Comments.onDatabase(owner.session(), database, finished));
  }
}
