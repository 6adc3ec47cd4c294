"""What a rehearsal leaves behind for its reader: report.json, report.md, graph.json and bring-up.svg."""
