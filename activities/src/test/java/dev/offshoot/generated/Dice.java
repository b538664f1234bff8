package dev.offshoot.generated;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomGenerator;

/** Every choice of one case; equal seeds choose equally. */
final class Dice {
  /** How large jqwik makes what it generates. */
  private static final int SIZE = 100;

  private final Random random;

  Dice(long seed) {
    this.random = new Random(seed);
  }

  /** From 0 to {@code most}, both included. */
  int upTo(int most) {
    return random.nextInt(most + 1);
  }

  int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }

  boolean percent(int chance) {
    return random.nextInt(100) < chance;
  }

  @SafeVarargs
  final <T> T oneOf(T... values) {
    return values[random.nextInt(values.length)];
  }

  <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  /** One of several ways to go on. */
  @SafeVarargs
  final String way(Supplier<String>... ways) {
    return ways[random.nextInt(ways.length)].get();
  }

  <T> T any(RandomGenerator<T> generator) {
    return generator.next(random).value();
  }

  static <T> RandomGenerator<T> generator(Arbitrary<T> arbitrary) {
    return arbitrary.generator(SIZE, true);
  }
}
