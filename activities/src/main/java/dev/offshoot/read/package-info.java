/**
 * Answers to questions that only the worker can answer: rows of a frozen change set, experiments
 * that the ledger knows, and how ledger, parents and branches are. Changes nothing.
 */
@NullMarked
package dev.offshoot.read;

import org.jspecify.annotations.NullMarked;
