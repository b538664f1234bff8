package dev.offshoot.worker.benchmark;

import java.util.List;
import java.util.stream.IntStream;

/** A small parent, and the small task of an agent on it. */
final class Shop {
  static final String SETUP =
      """
      CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, email text NOT NULL);
      INSERT INTO customer SELECT i, 'Customer ' || i, 'Customer' || i || '@Example.com'
        FROM generate_series(1, 1000) AS i;
      CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customer, total numeric(10, 2) NOT NULL);
      INSERT INTO orders SELECT i, 1 + i % 1000, i % 97 FROM generate_series(1, 5000) AS i;
      CREATE TABLE note (id int PRIMARY KEY, what text NOT NULL);
      INSERT INTO note VALUES (0, 'begun');
      """;

  /** Tables with their columns, of which the first is the key. */
  static final List<Table> TABLES =
      List.of(
          new Table("customer", List.of("id", "name", "email")),
          new Table("orders", List.of("id", "customer", "total")),
          new Table("note", List.of("id", "what")));

  record Table(String name, List<String> columns) {}

  private Shop() {}

  /** What the agent of that number does: no two of them touch the same rows. */
  static List<String> statements(int number) {
    int first = 1 + number % 100 * 10;
    List<Integer> ids = IntStream.range(first, first + 10).boxed().toList();
    String list = ids.toString().replace('[', '(').replace(']', ')');
    return List.of(
        "UPDATE customer SET email = lower(email), name = 'Customer of %d' WHERE id IN %s"
            .formatted(number, list),
        "UPDATE orders SET total = total + 1 WHERE id IN " + list,
        "INSERT INTO note VALUES (%d, 'e-mails of %d customers')"
            .formatted(number + 1, ids.size()));
  }
}
