package dev.offshoot.branch;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.neon.ConnectionAddress;
import dev.offshoot.neon.NeonApi;
import dev.offshoot.sql.Place;
import dev.offshoot.sql.SessionSettings;
import dev.offshoot.sql.SqlErrors;
import dev.offshoot.step.Progress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * Sessions as the owner on the parent and on our branches, each of which is a server of its own.
 * Addresses are direct, since a pool keeps no state of a session. Thread-safe.
 */
final class NeonSessions {
  /** An endpoint that has scaled to zero takes a moment; a new one takes longer. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final long PAUSE_MILLIS = 500;

  /** Every server has it beside the parent's. */
  private static final String MAINTENANCE = "postgres";

  /** No branch of ours is called so. */
  private static final String PARENT = "";

  private final NeonApi api;
  private final NeonHome home;
  private final NeonBranches branches;
  private final ParentConfig parent;
  private final ConcurrentMap<String, ConnectionAddress> known = new ConcurrentHashMap<>();

  NeonSessions(NeonApi api, NeonHome home, NeonBranches branches, ParentConfig parent) {
    this.api = api;
    this.home = home;
    this.branches = branches;
    this.parent = parent;
  }

  /** The owner on one of the servers, and the server as our other classes want it. */
  record Owner(Connection session, ParentConfig at) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      session.close();
    }
  }

  /** On the parent. */
  Owner parent(Progress progress) {
    return open(
        PARENT,
        Place.parent(parent.name()),
        progress,
        name -> Optional.of(branches.parentId(progress)));
  }

  /**
   * On a branch or base of ours.
   *
   * @throws OffshootException {@code BRANCH_GONE} if there is none of that name
   */
  Owner of(String name, Place place, Progress progress) {
    return open(name, place, progress, each -> branches.id(each, progress));
  }

  /**
   * The server of a branch of ours, which answers, though the branch's database may not be there.
   *
   * @throws OffshootException {@code BRANCH_GONE} if there is none of that name
   */
  ParentConfig serverOf(String name, Place place, Progress progress) {
    ConnectionAddress before = known.get(name);
    if (before == null) {
      String id =
          branches
              .id(name, progress)
              .orElseThrow(
                  () ->
                      new OffshootException(
                          ErrorCode.BRANCH_GONE, place + " is not there any more"));
      before = api.address(id, home.database(), home.role(), false, progress);
    }
    return at(before);
  }

  /** Where agents reach a branch of ours, by way of Neon's pool if it is so configured. */
  String urlForAgents(String name, Place place, Progress progress) {
    String id =
        branches
            .id(name, progress)
            .orElseThrow(
                () ->
                    new OffshootException(ErrorCode.BRANCH_GONE, place + " is not there any more"));
    return api.address(id, home.database(), home.role(), home.pooledForAgents(), progress)
        .jdbcUrl();
  }

  /** Forgets where it was. */
  void forget(String name) {
    known.remove(name);
  }

  private Owner open(
      String name, Place place, Progress progress, Function<String, Optional<String>> idOf) {
    ConnectionAddress before = known.get(name);
    if (before != null) {
      try {
        return connect(before);
      } catch (SQLException e) {
        // Asleep, moved or gone; asking tells.
        forget(name);
      }
    }
    String id =
        idOf.apply(name)
            .orElseThrow(
                () ->
                    new OffshootException(ErrorCode.BRANCH_GONE, place + " is not there any more"));
    ConnectionAddress address = api.address(id, home.database(), home.role(), false, progress);
    Owner owner = await(address, place, progress);
    known.put(name, address);
    return owner;
  }

  private Owner await(ConnectionAddress address, Place place, Progress progress) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return connect(address);
      } catch (SQLException e) {
        if (!isNotYet(e) || System.nanoTime() > end) {
          throw SqlErrors.connecting(place, e);
        }
      }
      progress.report("neon: waiting for the server of " + place);
      Sessions.pause(PAUSE_MILLIS);
    }
  }

  private static boolean isNotYet(SQLException error) {
    String state = SqlErrors.state(error);
    return state.startsWith("08") || state.equals("57P03") || state.equals("53300");
  }

  private ParentConfig at(ConnectionAddress address) {
    return parent.toBuilder()
        .at(address.jdbcUrl(), address.username(), address.password(), MAINTENANCE)
        .build();
  }

  private Owner connect(ConnectionAddress address) throws SQLException {
    ParentConfig at = at(address);
    return new Owner(
        SessionSettings.open(at.url(), at.username(), at.password(), home.database()), at);
  }
}
