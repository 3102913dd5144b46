import { arrayOf, isObject, nonEmptyString } from './facts';

/** @returns the names of the tools that a request offers; those of a provider have only a type */
export function offeredTools(tools: unknown): string[] | undefined {
  const names = arrayOf(tools)
    .flatMap(namesOf)
    .filter((name) => name !== undefined);
  return names.length > 0 ? names : undefined;
}

function namesOf(tool: any): (string | undefined)[] {
  if (!isObject(tool)) return [];
  // Gemini's tools hold several functions, or an object named for the provider's own tool.
  const declared = tool.functionDeclarations ?? tool.function_declarations;
  if (Array.isArray(declared)) return declared.map((each) => nonEmptyString(each?.name));
  const {
    function: called,
    custom,
    toolSpec,
    systemTool,
    name,
    mcp_server_name: server,
    server_label: label,
    type,
  } = tool;
  const own = called ?? custom ?? toolSpec ?? systemTool;
  const names = [own?.name, name, server, label, type, Object.keys(tool)[0]];
  return [names.find((each) => nonEmptyString(each) !== undefined)];
}
