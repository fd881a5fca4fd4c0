export function show(element) {}
