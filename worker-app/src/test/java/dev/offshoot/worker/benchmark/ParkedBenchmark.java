package dev.offshoot.worker.benchmark;

import dev.offshoot.benchmark.Benchmark;
import dev.offshoot.benchmark.Figure;
import dev.offshoot.benchmark.Measurements;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Many experiments wait for a person: what each takes of the worker's memory and of the disks, how
 * long a decision takes while others run, whether every one ends as decided and leaves nothing.
 */
public final class ParkedBenchmark implements Benchmark {
  private static final int PARENTS = 10;
  private static final int MOST_SHOWN = 20;
  private static final double MOST_KILOBYTES = 100;

  @Override
  public void run(Measurements measurements) throws Exception {
    int parked = measurements.quick() ? 50 : 1_000;
    int running = measurements.quick() ? 10 : 100;
    List<String> parents = IntStream.range(0, PARENTS).mapToObj(i -> "parent_" + i).toList();
    try (LoadWorld world = LoadWorld.inMemory()) {
      for (String parent : parents) {
        world.parent(parent, Crowd.SETUP);
      }
      try (MeasuredWorker worker = world.worker(parents)) {
        // What a worker loads and compiles once is no experiment's.
        Crowd first = new Crowd(world, parents, "first", running, measurements);
        first.startAtOnce();
        first.decideAsTheyAsk();
        List<String> wrong = new ArrayList<>(first.wrong());
        Leftovers leftovers = new Leftovers(world);

        Size before = Size.of(world, worker);
        Crowd waiting = new Crowd(world, parents, "parked", parked, measurements);
        waiting.park();
        List<String> databases = leftovers.databases();
        Size after = Size.of(world, worker);
        noteSizes(measurements, before, after, parked);
        none(measurements, "parked.databases", databases);

        Crowd beside = new Crowd(world, parents, "running", running, measurements);
        beside.startAtOnce();
        waiting.decideAll().note(measurements, "parked.decision");
        measurements.say("%d of the %d still run".formatted(beside.open(), running));
        beside.decideAsTheyAsk();

        wrong.addAll(waiting.wrong());
        wrong.addAll(beside.wrong());
        none(measurements, "parked.wrong", wrong);
        none(measurements, "parked.left", leftovers.all());
      }
    }
  }

  /** What is taken, of the worker's memory in kB and of the disks in bytes. */
  private record Size(MeasuredWorker.Memory memory, long ledger, long temporal) {
    static Size of(LoadWorld world, MeasuredWorker worker) throws Exception {
      return new Size(worker.memory(), world.ledgerBytes(), world.temporalBytes());
    }
  }

  private static void noteSizes(Measurements measurements, Size before, Size after, int count) {
    MeasuredWorker.Memory none = before.memory();
    MeasuredWorker.Memory all = after.memory();
    measurements.say("with none: " + before);
    measurements.say("with %d: %s".formatted(count, after));
    double memory = (all.all() - none.all()) / (double) count;
    measurements.note(
        new Figure("parked.memory", memory, MOST_KILOBYTES, 1, memory, memory),
        "%.1f MB".formatted(none.all() / 1024.0),
        "%.1f MB".formatted(all.all() / 1024.0));
    told(measurements, "parked.memory.heap", none.heap(), all.heap(), count);
    told(measurements, "parked.memory.outside", none.outside(), all.outside(), count);
    told(measurements, "parked.disk", before.ledger() / 1024, after.ledger() / 1024, count);
    told(
        measurements,
        "parked.disk.temporal",
        before.temporal() / 1024,
        after.temporal() / 1024,
        count);
  }

  private static void told(
      Measurements measurements, String name, long before, long after, int count) {
    double each = (after - before) / (double) count;
    measurements.note(
        Figure.told(name, each, 1, each, each),
        String.format(Locale.ROOT, "%.1f MB", before / 1024.0),
        String.format(Locale.ROOT, "%.1f MB", after / 1024.0));
  }

  private static void none(Measurements measurements, String name, List<String> found) {
    found.stream().limit(MOST_SHOWN).forEach(measurements::say);
    measurements.note(
        new Figure(name, found.size(), 0, 1, found.size(), found.size()),
        "",
        Integer.toString(found.size()));
  }
}
