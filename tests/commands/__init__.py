"""What pages tell a reader to type exists: judged by the programs themselves, or by what describes them."""
