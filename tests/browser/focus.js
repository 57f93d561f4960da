// Where the keyboard is. Called once before anything has the focus, and then after each press of a key.
() => {
  const looks = (element) => {
    const parts = [[element, null]];
    for (const label of element.labels || []) parts.push([label, null], [label, "::before"], [label, "::after"]);
    if (element.parentElement) parts.push([element.parentElement, null]);
    return parts
      .map(([one, pseudo]) => {
        const s = getComputedStyle(one, pseudo);
        const outline = s.outlineStyle === "none" || s.outlineWidth === "0px" ? "none" : `${s.outlineWidth} ${s.outlineColor}`;
        return [outline, s.boxShadow, s.backgroundColor, s.borderTopColor, s.borderTopWidth].join(" ");
      })
      .join(" | ");
  };
  const shows = (element) => {
    const before = window.adaptUnfocused.get(element);
    // What was not there at the beginning has nothing to be compared with: a ring is asked of it.
    return before === undefined ? getComputedStyle(element).outlineStyle !== "none" : looks(element) !== before;
  };
  const stops = () => {
    const groups = new Set();
    const selector = "a[href], button, input, select, textarea, summary, [tabindex]";
    return [...document.querySelectorAll(selector)].filter((element) => {
      if (element.disabled || element.type === "hidden" || element.tabIndex < 0 || !element.checkVisibility({ visibilityProperty: true })) return false;
      if (element.localName === "summary" && element.parentElement?.localName !== "details") return false;
      if (element.type !== "radio") return true;
      const group = `${element.form?.id} ${element.name}`;
      return !groups.has(group) && groups.add(group);
    });
  };
  if (!window.adaptUnfocused) {
    window.adaptUnfocused = new Map([...document.querySelectorAll("*")].map((element) => [element, looks(element)]));
    window.adaptNumbers = new Map();
  }
  const element = document.activeElement;
  if (!element || element === document.body) return { number: 0, stops: stops().length };
  const group = element.type === "radio" ? `${element.form?.id} ${element.name}` : element;
  if (!window.adaptNumbers.has(group)) window.adaptNumbers.set(group, window.adaptNumbers.size + 1);
  const box = element.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
  const mine = (at) => at && (element.contains(at) || at.contains(element) || [...(element.labels || [])].some((l) => l.contains(at)));
  const own = points.some(([x, y]) => {
    const at = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return at && at !== document.body && at !== document.documentElement && mine(at);
  });
  const label = element.labels?.[0]?.innerText || element.getAttribute("aria-label") || element.innerText || element.value || "";
  return {
    number: window.adaptNumbers.get(group),
    stops: stops().length,
    element: element.localName,
    name: label.trim().replace(/\s+/g, " "),
    shows: shows(element),
    covered: !own,
    id: element.id,
    field: element.getAttribute("name") || "",
    value: element.type === "radio" || element.type === "checkbox" ? String(element.checked) : element.value || "",
  };
}
