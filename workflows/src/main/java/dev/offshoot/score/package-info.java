/**
 * How good the advice of policy and judge is: what they said of labelled cases, counted. Pure
 * functions over records.
 */
@NullMarked
package dev.offshoot.score;

import org.jspecify.annotations.NullMarked;
