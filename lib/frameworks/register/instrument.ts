// Adds a line to the end of the files in which packages define the classes of their clients. The line replaces the
// class by one whose instances are watched. It runs within the file, where the class can be replaced.

/** The classes of clients, by package. This is all that is changed in modules of others. */
export const CLASSES: Readonly<Record<string, readonly string[]>> = {
  openai: ['OpenAI'],
  '@anthropic-ai/sdk': ['Anthropic'],
  '@anthropic-ai/bedrock-sdk': ['AnthropicBedrock'],
  '@anthropic-ai/vertex-sdk': ['AnthropicVertex'],
  '@google/genai': ['GoogleGenAI'],
  '@google/generative-ai': ['GoogleGenerativeAI'],
  '@mistralai/mistralai': ['Mistral'],
  'cohere-ai': ['CohereClient', 'CohereClientV2'],
  'groq-sdk': ['Groq'],
  'together-ai': ['Together'],
  ollama: ['Ollama'],
  '@aws-sdk/client-bedrock-runtime': ['BedrockRuntimeClient', 'BedrockRuntime'],
  '@modelcontextprotocol/sdk': ['Client'],
  '@modelcontextprotocol/client': ['Client'],
};

/** Packages that make an instance while they are loaded. It has its methods in the class. */
export const WITH_INSTANCES: readonly string[] = ['ollama'];

/** The function that the lines call, with a class and the name of its package. */
export const WRAP = 'infinium-o2.v1.wrap';

/**
 * Returns the line for a file, if there is one.
 *
 * @param path of the file, or its URL
 * @param source its text
 */
export function lineFor(path: string, source: string, isModule: boolean): string | undefined {
  const name = packageOf(path);
  const classes = name === undefined ? undefined : CLASSES[name];
  const defined = classes?.filter((each) => definition(each).test(source)) ?? [];
  if (name === undefined || defined.length === 0) return undefined;
  const line = isModule ? moduleLine : commonLine;
  return defined.map((each) => line(each, name)).join('');
}

/** Adds the line to what Node.js has loaded, if it is a module of ECMAScript. */
export function withLine<T extends { format?: string | null; source?: unknown }>(
  url: string,
  loaded: T,
): T {
  if (loaded.format !== 'module' || !url.includes('node_modules')) return loaded;
  const { source } = loaded;
  const isText = typeof source === 'string' || source instanceof Uint8Array;
  const text = isText ? Buffer.from(source as Uint8Array).toString() : undefined;
  const line = text === undefined ? undefined : lineFor(url, text, true);
  return line === undefined ? loaded : { ...loaded, source: text + line };
}

/** The name of the package that a file in node_modules belongs to. */
function packageOf(path: string): string | undefined {
  const parts = path.split(/[\\/]/);
  const index = parts.lastIndexOf('node_modules');
  if (index < 0) return undefined;
  const [first = '', second] = parts.slice(index + 1);
  // Package managers that escape the scope, as pnpm does, do so above another node_modules.
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** A class at the outermost level of a file that can be assigned to: those of `const` cannot. */
function definition(name: string): RegExp {
  return new RegExp(`^(export (default )?)?(class ${name}\\b|(var|let) ${name} = )`, 'm');
}

function moduleLine(name: string, of: string): string {
  return `\n;try{${name}=globalThis[Symbol.for('${WRAP}')](${name},'${of}')}catch{}`;
}

/** Exports that are values are replaced, too. Those that are getters find the class. */
function commonLine(name: string, of: string): string {
  return (
    `\n;try{const c=${name},w=globalThis[Symbol.for('${WRAP}')](c,'${of}');` +
    `for(const k of Object.keys(module.exports))if(module.exports[k]===c)try{module.exports[k]=w}catch{}` +
    `${name}=w}catch{}`
  );
}
