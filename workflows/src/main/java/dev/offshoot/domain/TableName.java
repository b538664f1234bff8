package dev.offshoot.domain;

/** A table by schema and name, unquoted, as the catalog holds them. */
public record TableName(String schema, String name) implements Comparable<TableName> {
  @Override
  public int compareTo(TableName other) {
    int bySchema = schema.compareTo(other.schema);
    return bySchema != 0 ? bySchema : name.compareTo(other.name);
  }

  /** For people: without the schema when it is {@code public}. */
  @Override
  public String toString() {
    return schema.equals("public") ? name : schema + "." + name;
  }
}
