export default {
  output: process.env.NEXT_OUTPUT,
  serverExternalPackages: process.env.NEXT_EXTERNAL ? ['infinium-o2'] : [],
};
