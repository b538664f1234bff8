/** Tests of the worker's wiring, start and end, and of the whole path on real servers. */
@NullMarked
package dev.offshoot.worker;

import org.jspecify.annotations.NullMarked;
