package dev.offshoot.hostile;

import dev.offshoot.DatabaseDump;
import dev.offshoot.PostgresServer;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All that an attack could have changed outside of its branch, as text: contents of the parent, of
 * another branch and of somebody else's parent, what the databases of the server share, its
 * sessions' locks, its files.
 *
 * @param parts by what they are
 */
record Surroundings(Map<String, String> parts) {
  static final String PARENT = "contents of the parent";

  /** Without what changes by itself: transaction horizons, and counts of dependencies. */
  private static final Map<String, String> SHARED =
      Map.of(
          "roles",
          """
          SELECT concat_ws('|', rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb,
            rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, rolvaliduntil, rolpassword)
          FROM pg_authid
          """,
          "memberships",
          "SELECT replace(m::text, m.oid::text, '') FROM pg_auth_members m",
          "databases",
          """
          SELECT concat_ws('|', datname, datdba::regrole, datallowconn, datconnlimit, datistemplate,
            dattablespace, datacl) FROM pg_database
          """,
          "settings of roles and databases",
          "SELECT s::text FROM pg_db_role_setting s",
          "comments on roles and databases",
          "SELECT d::text FROM pg_shdescription d",
          "tablespaces",
          "SELECT t::text FROM pg_tablespace t",
          "replication",
          """
          SELECT slot_name::text FROM pg_replication_slots
          UNION ALL SELECT roname FROM pg_replication_origin
          UNION ALL SELECT subname FROM pg_subscription
          """,
          "prepared transactions",
          "SELECT gid FROM pg_prepared_xacts",
          "advisory locks",
          "SELECT concat_ws('|', database, classid, objid, objsubid) FROM pg_locks WHERE locktype = 'advisory'",
          "settings of the server",
          "SELECT concat_ws('|', name, setting, source) FROM pg_settings WHERE sourcefile IS NOT NULL");

  private static final List<String> FILES =
      List.of("pg_hba.conf", "pg_ident.conf", "postgresql.conf", "postgresql.auto.conf");

  /** As it is now; a superuser looks. */
  static Surroundings of(Scene scene) throws SQLException, IOException {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put(PARENT, DatabaseDump.of(scene.parent.database()));
    parts.put("contents of another branch", DatabaseDump.of(scene.neighbour.branchName()));
    parts.put("contents of its base", DatabaseDump.of(scene.neighbour.baseName()));
    parts.put("contents of another parent", DatabaseDump.of(scene.stranger.database()));
    try (Connection superuser = PostgresServer.superuser("postgres")) {
      for (Map.Entry<String, String> shared : SHARED.entrySet()) {
        parts.put(
            shared.getKey(),
            String.join(
                "\n",
                new TreeSet<>(Sql.list(superuser, shared.getValue(), row -> row.getString(1)))));
      }
      String directory = Sql.only(superuser, "SHOW data_directory", row -> row.getString(1));
      Path data = Path.of(directory);
      for (String file : FILES) {
        parts.put("file " + file, Files.readString(data.resolve(file)));
      }
      parts.put("files beside the server's configuration", names(data));
    }
    parts.put("the canary's folder", contents(scene.canaryFile.getParent()));
    return new Surroundings(parts);
  }

  /** What is otherwise in {@code later}, one line each. */
  List<String> changesIn(Surroundings later) {
    List<String> changes = new ArrayList<>();
    parts.forEach(
        (part, before) -> {
          String after = String.valueOf(later.parts.get(part));
          if (!after.equals(before)) {
            changes.add("%s changed:%s".formatted(part, difference(before, after)));
          }
        });
    return changes;
  }

  String parent() {
    return String.valueOf(parts.get(PARENT));
  }

  /** With the parent's contents as somebody expects them. */
  Surroundings withParent(String contents) {
    Map<String, String> others = new LinkedHashMap<>(parts);
    others.put(PARENT, contents);
    return new Surroundings(others);
  }

  static String difference(String before, String after) {
    List<String> gone = new ArrayList<>(before.lines().toList());
    List<String> come = new ArrayList<>(after.lines().toList());
    before.lines().forEach(come::remove);
    after.lines().forEach(gone::remove);
    StringBuilder text = new StringBuilder();
    gone.stream().limit(8).forEach(line -> text.append("\n  - ").append(line));
    come.stream().limit(8).forEach(line -> text.append("\n  + ").append(line));
    return text.toString();
  }

  private static String names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return String.join(
          "\n", new TreeSet<>(files.map(file -> file.getFileName().toString()).toList()));
    }
  }

  private static String contents(Path folder) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        text.append(file.getFileName())
            .append(' ')
            .append(Files.getLastModifiedTime(file))
            .append(' ')
            .append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return text.toString();
  }
}
