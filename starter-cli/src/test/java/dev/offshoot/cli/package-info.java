/** The CLI against a real workflow on an in-memory Temporal server, with a world made by hand. */
@NullMarked
package dev.offshoot.cli;

import org.jspecify.annotations.NullMarked;
