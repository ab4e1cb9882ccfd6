/** Whether two pieces of JSON say the same; a name that is missing, null, or an empty text or list is one and the same. */
export function isSame(one, other) {
  if (one === other || (isNothing(one) && isNothing(other))) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  if (Array.isArray(one)) return one.length === other.length && one.every((value, index) => isSame(value, other[index]));
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => isSame(one[name], other[name]));
}

export function isNothing(value) {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && !value.length);
}
