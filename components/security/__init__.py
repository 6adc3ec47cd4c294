"""What keeps workloads apart: namespaces with their Pod Security levels."""
