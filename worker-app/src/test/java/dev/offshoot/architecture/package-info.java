/** The directions of the rooms and the determinism of workflows, held by tests. */
@NullMarked
package dev.offshoot.architecture;

import org.jspecify.annotations.NullMarked;
