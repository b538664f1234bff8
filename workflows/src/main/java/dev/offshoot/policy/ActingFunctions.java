package dev.offshoot.policy;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Functions of the server's own that do more than compute from their arguments: they run SQL that
 * is given as text, end or wait for sessions, take locks, send messages, set things. A definition
 * that calls one is code as much as one that calls somebody's function.
 *
 * <p>Whatever is called {@code pg_...} is taken to act unless it is known only to tell something,
 * so that what a newer server brings is told rather than missed.
 */
final class ActingFunctions {
  private static final Set<String> NAMED =
      Set.of("set_config", "setval", "ts_rewrite", "ts_stat", "loread", "lowrite");

  /** Large objects, and what makes XML of whatever a query gives. */
  private static final Pattern KINDS = Pattern.compile("lo_.*|.*_to_xml(schema|_and_xmlschema)?");

  private static final Pattern TELLING =
      Pattern.compile(
          "pg_(typeof|column_size|column_compression|size_pretty|size_bytes|collation_for|get_.*"
              + "|has_role|.*_is_visible|.*_size|backend_pid|postmaster_start_time|conf_load_time"
              + "|current_xact_id|current_xact_id_if_assigned|current_snapshot|is_in_recovery"
              + "|trigger_depth|encoding_to_char|char_to_encoding|client_encoding|my_temp_schema"
              + "|identify_object|describe_object|basetype|input_is_valid|stat_get_.*)");

  private ActingFunctions() {}

  /** Whether the server's function of that name acts. */
  static boolean has(String name) {
    return NAMED.contains(name)
        || KINDS.matcher(name).matches()
        || (name.startsWith("pg_") && !TELLING.matcher(name).matches());
  }
}
