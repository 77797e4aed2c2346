declare module "*.json?later" {
  const part: unknown;
  export default part;
}
