// Only needed here: this folder has a link to the package, where yours has the package itself.
export default { resolve: { preserveSymlinks: true } };
