package dev.offshoot.hostile;

/**
 * The same attacks over a connection of the agent's own, which goes on after every error: nothing
 * outside of its branch notices, whatever it sends. Every ninth by default.
 */
class HostileConnectionsTest extends HostileExperimentsTest {
  @Override
  Delivery.Way way() {
    return Delivery.Way.CONNECTION;
  }

  @Override
  int one() {
    return 9;
  }

  @Override
  int first() {
    return 2;
  }
}
