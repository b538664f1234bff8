/** Looking at a change set: the policy's hazards and the judge's advice. */
@NullMarked
package dev.offshoot.judge;

import org.jspecify.annotations.NullMarked;
