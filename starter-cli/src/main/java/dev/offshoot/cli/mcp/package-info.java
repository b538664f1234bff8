/**
 * What an agent gets over the Model Context Protocol: one class for each tool ({@link
 * dev.offshoot.cli.mcp.AgentTool}), and the two ways to reach them, standard input and output
 * ({@link dev.offshoot.cli.mcp.StdioLines}) and HTTP ({@link dev.offshoot.cli.mcp.HttpEndpoint}).
 *
 * <p>No tool approves, rejects, extends or merges, and none takes or tells an address. What it asks
 * of the rest of the command line is {@link dev.offshoot.cli.mcp.Backstage}.
 */
@NullMarked
package dev.offshoot.cli.mcp;

import org.jspecify.annotations.NullMarked;
