package dev.offshoot.merge;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.util.regex.Pattern;

/**
 * Changes SQL on its way to the server, so that a test can take a guard out of the merge without a
 * trace of that in the merge itself.
 */
final class Rewriting {
  private final Pattern pattern;
  private final String replacement;
  private int hits;

  private Rewriting(Pattern pattern, String replacement) {
    this.pattern = pattern;
    this.replacement = replacement;
  }

  /**
   * @param pattern regular expression; dots match line ends
   */
  static Rewriting of(String pattern, String replacement) {
    return new Rewriting(Pattern.compile(pattern, Pattern.DOTALL), replacement);
  }

  /** How many statements were changed. */
  int hits() {
    return hits;
  }

  /** {@code connection}, whose statements are changed. */
  Connection around(Connection connection) {
    return proxy(
        Connection.class,
        connection,
        (method, result) ->
            method.equals("createStatement")
                ? proxy(Statement.class, (Statement) result, (name, value) -> value)
                : result);
  }

  private interface Result {
    Object of(String method, Object result);
  }

  private <T> T proxy(Class<T> type, T target, Result result) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof String sql) {
                arguments[0] = rewritten(sql);
              }
              try {
                return result.of(method.getName(), method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private String rewritten(String sql) {
    String changed = pattern.matcher(sql).replaceAll(replacement);
    hits += changed.equals(sql) ? 0 : 1;
    return changed;
  }
}
