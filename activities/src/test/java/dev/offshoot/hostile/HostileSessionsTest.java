package dev.offshoot.hostile;

/** The same attacks as messages of a session; every ninth by default. */
class HostileSessionsTest extends HostileExperimentsTest {
  @Override
  Delivery.Way way() {
    return Delivery.Way.MESSAGES;
  }

  @Override
  int one() {
    return 9;
  }

  @Override
  int first() {
    return 1;
  }
}
