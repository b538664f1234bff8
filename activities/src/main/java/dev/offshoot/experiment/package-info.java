/** Running an experiment's statements on its branch as a powerless role. */
@NullMarked
package dev.offshoot.experiment;

import org.jspecify.annotations.NullMarked;
